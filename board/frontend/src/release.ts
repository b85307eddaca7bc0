/** Each release is named like a ferry; src/shell/colour.ts gives it the colour it sails under. Changed at each release. */
export const release = "Dawn";
