/** ECMA-48 control sequences: CSI … final byte, and OSC … BEL or ST. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
const SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** The line without terminal control; of text overwritten by carriage returns the last stays. */
export function plain(line: string): string {
  const text = line.replace(SEQUENCE, "").replace(/\r+$/, "");
  return text.slice(text.lastIndexOf("\r") + 1);
}
