import { expect, test } from "vitest";
import { Secrets } from "./secrets";

const value = { token: "sk-1", "a b": ["x", "sk-2"], pin: 1234, free: "sk-1!" };
const secrets = new Secrets(value, ["args.token", 'args["a b"][1]', "args.pin"]);

test("what is covered is known by its value, wherever it stands", () => {
  expect(["sk-1", "sk-2", 1234, "sk-1!", "x", "1234"].map((each) => secrets.has(each))).toEqual([true, true, true, false, false, false]);
});

test("covered JSON shows no secret and means the same", () => {
  const covered = secrets.covered(value);
  expect(JSON.stringify(covered)).not.toMatch(/sk-[12]"|1234/);
  expect(secrets.uncovered(covered)).toEqual(value);
});

test("a long name is matched without the hash that the server writes", () => {
  const name = "n".repeat(70);
  const long = new Secrets({ [name]: "s" }, [`args["${"n".repeat(40)}"⟨70 characters, sha256 abc⟩]`]);
  expect(long.has("s")).toBe(true);
});
