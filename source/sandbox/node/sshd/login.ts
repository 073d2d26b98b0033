import { loginUser, searchPath } from '../isolation/skeleton.ts';
import type { NodeShell } from '../node-shell.ts';

/** Somebody who logged in. */
export type Login = {
  readonly user: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string>>;
};

/**
 * The users of a node as they log in. A name that the node does not know is one that its image would
 * have for its default user, and is made.
 */
export class Logins {
  readonly #shell: NodeShell;
  readonly #homes = new Map<string, string>([
    [loginUser, `/home/${loginUser}`],
    ['root', '/root'],
  ]);

  constructor(shell: NodeShell) {
    this.#shell = shell;
  }

  /** @throws Error for what can be no name of a user. */
  async login(user: string): Promise<Login> {
    const home = this.#homes.get(user) ?? (await this.#find(user));
    this.#homes.set(user, home);
    return {
      user,
      home,
      environment: {
        PATH: searchPath,
        HOME: home,
        USER: user,
        LOGNAME: user,
        SHELL: '/bin/bash',
        LANG: 'C.UTF-8',
      },
    };
  }

  async #find(user: string): Promise<string> {
    if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(user)) throw new Error(`no user can be called ${user}`);
    const { status, stdout, stderr } = await this.#shell.run(
      `home() { sed -n "s/^$1:[^:]*:[^:]*:[^:]*:[^:]*:\\([^:]*\\):.*/\\1/p" "$SPOT_TUI_ROOT/etc/passwd"; }
      [ -n "$(home "$1")" ] || { useradd -m -s /bin/bash "$1" && usermod -aG adm,sudo "$1"; } || exit
      home "$1"`,
      [user],
    );
    if (status !== 0) throw new Error(`${user} can't log in: ${stderr.trim()}`);
    return stdout.trim();
  }
}
