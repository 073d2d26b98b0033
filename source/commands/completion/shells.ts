/** The shells that there is a script for, and which of their files reads it. */
export const shells = [
  ['bash', 'for ~/.bashrc'],
  ['zsh', 'for ~/.zshrc'],
  ['fish', 'for ~/.config/fish/config.fish'],
] as const;

export type Shell = (typeof shells)[number][0];
