// The items of one form by their keys: made once, asked at every key press for each question that hangs on another. Pure.
import type { ItemForm } from "../platform/api";

const made = new WeakMap<ItemForm[], Map<string, ItemForm>>();

export function itemOf(items: ItemForm[], key: string): ItemForm | undefined {
  let index = made.get(items);
  if (!index) made.set(items, (index = new Map(items.map((item) => [item.item, item]))));
  return index.get(key);
}
