const introducer = '\u001B';

/** Bytes that every terminal takes that takes any: beyond them some cut, and some ignore it all. */
export const mostCopied = 74_994;

/**
 * What puts a text into the clipboard of the terminal's user, also from afar: OSC 52
 * (https://invisible-island.net/xterm/ctlseqs/ctlseqs.html). No terminal says whether it did.
 *
 * @param isInTmux tmux takes it itself where `set-clipboard` is `on`, and hands it through to the
 *   terminal around it where `allow-passthrough` is; as it can't be told which, it gets both.
 */
export const copySequence = (text: string, isInTmux: boolean): string => {
  const direct = `${introducer}]52;c;${Buffer.from(text).toString('base64')}\u0007`;
  if (!isInTmux) return direct;
  return `${direct}${introducer}Ptmux;${direct.replaceAll(introducer, introducer + introducer)}${introducer}\\`;
};
