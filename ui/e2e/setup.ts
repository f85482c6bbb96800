// Before all specs: the district, once; after them: its end. Where only the fake host is asked for, nothing.
import { openCrowd } from "./crowd";
import { openHall } from "./hall";

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.E2E_HOSTS === "fake") return undefined;
  const { hall, close } = await (process.env.E2E_HOSTS === "crowd" ? openCrowd() : openHall());
  process.env.E2E_HALL = JSON.stringify(hall);
  return close;
}
