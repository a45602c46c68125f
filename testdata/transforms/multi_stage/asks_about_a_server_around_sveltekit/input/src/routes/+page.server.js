import { error } from "@sveltejs/kit";
import postgres from "postgres";

export async function load({ params }) {
  if (!params.harbour) error(404);
  return { tides: await postgres()`select * from tides` };
}
