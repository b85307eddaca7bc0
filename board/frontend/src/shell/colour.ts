/** All are dark enough for white text on them (WCAG 2.2, 1.4.3). */
const COLOURS: Record<string, string> = {
  Dawn: "#0b6477",
  Noon: "#1f5aa6",
  Dusk: "#a1432e",
  Night: "#4d4296",
};

/** The colour that a release sails under: its own, or one made from its name. */
export function colourOf(release: string): string {
  if (Object.hasOwn(COLOURS, release)) {
    return COLOURS[release] ?? "";
  }
  const hue = [...release].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 360, 7);
  return `hsl(${hue} 55% 30%)`;
}
