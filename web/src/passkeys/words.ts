const DEVICES: readonly (readonly [RegExp, string])[] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android phone"],
  [/Mac OS X/, "Mac"],
  [/Windows/, "Windows computer"],
  [/CrOS/, "Chromebook"],
  [/Linux/, "Linux computer"],
];

/** What somebody may call the device that says this of itself. */
export function device(agent: string): string {
  return DEVICES.find(([said]) => said.test(agent))?.[1] ?? "This device";
}
