// The one way a screen hands a file over: what could not be written is told, and is never said to be written. It loads
// with the screens that make files. Not how a host writes (platform).
import { app, host } from "./app";
import type { FileOut } from "./platform/api";
import { download } from "./platform/files";
import { asFailure } from "./platform/platform";

/** True once the file is where the person wanted it; false where they gave up, and where it failed: the failure then shows. */
export async function saveFile(file: FileOut): Promise<boolean> {
  try {
    // A shell without a place to choose lets the web view download; a browser does nothing else.
    const canChoose = app.state?.capabilities.save_files === true;
    if (!canChoose) download(file);
    const isSaved = !canChoose || (await host().saveFile(file));
    if (isSaved && app.failure?.code === "file_unwritable") app.failure = null;
    return isSaved;
  } catch (thrown) {
    const { code, trace } = asFailure(thrown);
    app.failure = { code, trace };
    // The banner stands at the top; what was pressed may be far below it.
    window.scrollTo(0, 0);
    return false;
  }
}
