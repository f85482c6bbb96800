// Sentences of the phrase book, loaded with the first question that has one. Not the phrases: those are the catalogue's.
import { filled } from "./zh";

export const PHRASES = {
  phrase_how: "打拼音首字母或汉字找短语，点下面一条，或按数字键选，空格选第一条；接着打就接下一条。",
  phrase_touch: "打拼音首字母或汉字找短语，点下面一条就加上；接着打就接下一条。",
  phrase_offers: "短语",
  phrase_rest: "余未见异常",
  phrase_blank: "填〔{name}〕，按回车到下一个空",
  phrase_ungraded: "待医生定级",
  phrase_normal: "正常",
  phrase_examiner: "检查者 {name} 确认后再保存：保存就记在检查者名下。",
  phrase_own: "保存就记在您自己名下。医生口述时，请在“今天开工”选好这个工位的检查者。",
} as const;

export type PhrasesKey = keyof typeof PHRASES;

export function t(key: PhrasesKey, vars: Record<string, string | number> = {}): string {
  return filled(PHRASES[key], vars);
}
