/** Each release is named like a ferry and sails under a colour of its own. One line, to be changed at each release. */
export const release = { name: 'Dawn', colour: '#0b6477' };
