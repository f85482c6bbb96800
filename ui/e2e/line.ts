// The network between a device and its server, as a spec can spoil it: a line on a port of its own that passes bytes on,
// is cut after so many, taken down and put back. It understands nothing of what it carries.
import { connect, createServer, type Server, type Socket } from "node:net";

export class Line {
  private constructor(
    private readonly server: Server,
    private readonly open: Set<Socket>,
    readonly url: string,
    private readonly state: { isUp: boolean; bytesLeft: number; cuts: number },
  ) {}

  static async to(url: string): Promise<Line> {
    const { hostname, port } = new URL(url);
    const state = { isUp: true, bytesLeft: Infinity, cuts: 0 };
    const open = new Set<Socket>();
    const server = createServer((near) => {
      if (!state.isUp) return near.destroy();
      const far = connect(Number(port), hostname);
      const both = [near, far];
      const end = () => both.forEach((one) => one.destroy());
      for (const one of both) {
        open.add(one);
        one.on("error", end).on("close", () => {
          open.delete(one);
          end();
        });
      }
      const pass = (from: Socket, to: Socket) =>
        from.on("data", (bytes: Buffer) => {
          state.bytesLeft -= bytes.length;
          if (state.bytesLeft <= 0) {
            state.cuts += 1;
            end();
          } else to.write(bytes);
        });
      pass(near, far);
      pass(far, near);
      return undefined;
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const at = server.address();
    return new Line(server, open, `https://127.0.0.1:${typeof at === "object" && at ? at.port : 0}`, state);
  }

  /** After so many more bytes every connection is cut in the middle. */
  cutAfter(bytes: number): void {
    this.state.bytesLeft = bytes;
  }

  get cuts(): number {
    return this.state.cuts;
  }

  takeDown(): void {
    this.state.isUp = false;
    for (const one of this.open) one.destroy();
  }

  putBack(): void {
    this.state.isUp = true;
    this.state.bytesLeft = Infinity;
  }

  async close(): Promise<void> {
    this.takeDown();
    await new Promise<void>((done) => this.server.close(() => done()));
  }
}
