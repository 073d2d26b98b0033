/** Command position: at the start, or after something that ends the command before. */
const begin = String.raw`(?:^|[;&|\n({]|\b(?:then|do|else)\b)\s*(?:sudo\s+(?:-\w+\s+)*)?`;

const reboots = new RegExp(
  `${begin}(?:reboot|poweroff|halt|shutdown|init\\s+[06]|telinit\\s+[06]|systemctl\\s+(?:-\\S+\\s+)*(?:reboot|poweroff|halt|kexec))(?![\\w./-])`,
);
const touchesUpload =
  /\/tmp\/(?:exs|uploaded_files|scripts\.tar\.gz)(?![\w-])|\$\{(?:compressed_scripts|bacalhau_config_file)\}/;
const touchesServices =
  /\bsystemctl\s+(?:-\S+\s+)*(?:enable|start|restart|reenable)\s+(?:-\S+\s+)*(?:bacalhau|bacalhau-startup|sensor|sensor-generator|setup-config|configure-services)(?:\.service)?(?![\w.-])/;
const missingKey = /\$\{public_ssh_key\}/;

/** `mv SOURCE TARGET`, and whatever a command's output is sent to. */
const moved = /(?:^|[;&|\n]\s*)(?:sudo\s+)?(?:mv|cp|install)\s+(?:-\S+\s+)*\S+\s+(\/[^\s;&|]+)/g;
const redirected = />\s*(\/[^\s;&|]+)/g;

/**
 * The commands of `runcmd` or `bootcmd` without those that would reboot the node, or that do what
 * the upload and configure-services do, at another time.
 *
 * @param warn Called once for each reason, with what was left out.
 */
export const leaveOutCommands = (
  commands: unknown,
  warn: (what: string, why: string) => void,
): readonly unknown[] => {
  const leftOut = new Map<string, string[]>();
  const uploaded = new Set<string>();

  const reasonFor = (text: string): string | undefined => {
    if (reboots.test(text)) return 'nodes are not rebooted';
    if (touchesUpload.test(text)) {
      for (const [, target] of [...text.matchAll(moved), ...text.matchAll(redirected)]) {
        if (target !== undefined) uploaded.add(target.replace(/^\/+/, '/'));
      }
      return 'files are uploaded over SSH and put in place by configure-services';
    }
    if ([...uploaded].some((path) => names(text, path))) {
      return 'it needs a file that is uploaded only later; a startup_script can do it';
    }
    if (touchesServices.test(text)) return 'configure-services starts what was uploaded';
    if (missingKey.test(text)) return 'there is no public_ssh_key_path to take a key from';
    return undefined;
  };

  const kept = (Array.isArray(commands) ? commands : [commands]).filter((command) => {
    const text = Array.isArray(command) ? command.join(' ') : String(command ?? '');
    const reason = reasonFor(text);
    if (reason === undefined) return command !== undefined && command !== null;
    leftOut.set(reason, [...(leftOut.get(reason) ?? []), text]);
    return false;
  });
  for (const [reason, texts] of leftOut) warn(describe(texts), reason);
  return kept;
};

const names = (text: string, path: string): boolean => {
  const at = text.indexOf(path);
  return at !== -1 && !/[\w.-]/.test(text[at + path.length] ?? ' ');
};

const describe = (texts: readonly string[]): string => {
  const quoted = texts.slice(0, 3).map((text) => `\`${abbreviate(text)}\``);
  const more = texts.length - quoted.length;
  return [...quoted, ...(more > 0 ? [`${more} more`] : [])].join(', ');
};

const abbreviate = (text: string): string => {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
};
