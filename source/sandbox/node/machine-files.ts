import type { NodeShell } from './node-shell.ts';

/**
 * Makes what is fresh at every boot, and at the first what tells one machine from another.
 *
 * @param options.isFirst Whether the machine has never booted.
 */
export const prepareFiles = async (
  shell: NodeShell,
  options: { readonly hostname: string; readonly machineId: string; readonly isFirst: boolean },
): Promise<void> => {
  await shell.run(script, [
    options.hostname,
    options.machineId,
    options.isFirst ? 'first' : 'again',
  ]);
};

/** What tells who may speak to Docker: its socket's owner and mode. */
export const makeDockerSocket = async (shell: NodeShell): Promise<void> => {
  await shell.run(dockerSocketScript);
};

export const removeDockerSocket = async (shell: NodeShell): Promise<void> => {
  await shell.run('rm -f "$SPOT_TUI_ROOT/run/docker.sock"');
};

const dockerSocketScript = `
  socket="$SPOT_TUI_ROOT/run/docker.sock"
  : >"$socket" && chmod 0660 "$socket"
  [ -n "$SPOT_TUI_ROOT" ] || chown root:docker "$socket"`;

const script = `
  root=$SPOT_TUI_ROOT
  if [ "$3" = again ]; then
    find "$root/run" "$root/tmp" -mindepth 1 -xdev ! -path "$root/run/sandbox*" -delete 2>/dev/null
  else
    printf '%s\\n' "$1" >"$root/etc/hostname"
    printf '127.0.0.1 localhost\\n127.0.1.1 %s\\n' "$1" >"$root/etc/hosts"
    printf '%s\\n' "$2" >"$root/etc/machine-id"
  fi
  mkdir -p "$root/run/cloud-init" "$root/run/lock" "$root/run/systemd/system"
  ${dockerSocketScript}`;

/**
 * What EC2 tells a spot instance that it takes back, where `templates/sandbox/curl` looks.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
 */
export const writeInstanceAction = (shell: NodeShell, time: number): Promise<void> =>
  writeMetadata(shell, 'spot/instance-action', { action: 'terminate', time: isoSeconds(time) });

/**
 * What EC2 tells a spot instance whose end has become likelier.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/rebalance-recommendations.html
 */
export const writeRebalanceNotice = (shell: NodeShell, time: number): Promise<void> =>
  writeMetadata(shell, 'events/recommendations/rebalance', { noticeTime: isoSeconds(time) });

const writeMetadata = async (shell: NodeShell, name: string, content: object): Promise<void> => {
  await shell.run(
    `file="$SPOT_TUI_ROOT/run/instance-metadata/latest/meta-data/$1"
    mkdir -p "\${file%/*}" && printf %s "$2" >"$file.new" && mv "$file.new" "$file"`,
    [name, JSON.stringify(content)],
  );
};

/** EC2 counts in whole seconds. */
const isoSeconds = (time: number): string => new Date(time).toISOString().replace(/\.\d+/, '');

/** What greets somebody at a shell. */
export const greeting = `Welcome to Ubuntu 24.04 LTS (sandbox)

 This is a node of spot-tui's sandbox. Commands run for real, but see and reach
 only this node. systemctl, journalctl, docker, apt-get and cloud-init are
 stand-ins.

`;
