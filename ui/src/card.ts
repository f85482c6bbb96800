// A card read on the first page: whoever has its number is opened, a stranger is registered with what it says. Not the
// reading (screens/CardButton.vue) and not the form (entry/register.ts).
import { app, call, go, openPerson } from "./app";
import type { CardSeen } from "./platform/api";

/** On its way to the form. Never in an address: the engine keeps those. */
let carried: CardSeen | null = null;

export function takeCard(): CardSeen | null {
  const card = carried;
  carried = null;
  return card;
}

export async function followCard(card: CardSeen): Promise<void> {
  const route = app.route;
  const found = await call("find", { text: card.id_number, stop_first: true });
  // Whoever has gone on meanwhile is not called back.
  if (found === null || app.route !== route) return;
  const only = found.rows[0];
  if (found.exact && only) return openPerson(only.person);
  carried = card;
  go("register");
}
