// The sentences of one person's report as paper, loaded with their own screen: the first page is not to carry them.
import { filled } from "./zh";

export const PAPER = {
  paper: "体检报告", paper_final: "正式报告第 {n} 版，可以打印。打印后自动记下。", paper_preview: "现在只能打印预览，还不是正式报告", paper_none: "现在不能打印报告", paper_print: "打印正式报告", paper_preview_print: "打印预览", made: "已生成：{name}",
} as const;

export type PaperKey = keyof typeof PAPER;

/** A sentence with its `{places}` filled. */
export function tp(key: PaperKey, vars: Record<string, string | number> = {}): string {
  return filled(PAPER[key], vars);
}
