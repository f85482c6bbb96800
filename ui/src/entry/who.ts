// What tells people of one name apart: sex, birth date, the end of the ID number. Pure. Not how it looks.
import type { PersonRow } from "../platform/api";
import { t } from "../text/zh";

/** In place of a station: a draft of somebody who is being registered, and is nobody yet. */
export const NEW_PERSON = "new_person";

/** The last four characters of the ID number, as the masked number shows them; none where there is no number. */
export function tailOf(row: PersonRow): string | null {
  return row.id_number?.slice(-4) ?? null;
}

/** What stands beside a name in a list: the sex and the birth date, as far as they are known. */
export function factsOf(row: PersonRow): string {
  return [row.sex, row.birth].filter(Boolean).join(" ");
}

/** Both, as a list has them in small letters. */
export function apart(row: PersonRow): string {
  const tail = tailOf(row);
  return `${factsOf(row)} ${tail === null ? t("no_id") : t("id_tail", { tail })}`;
}
