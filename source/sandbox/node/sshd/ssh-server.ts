import type { Socket } from 'node:net';
import ssh2, { type AuthContext, type Connection, type ParsedKey, type Server } from 'ssh2';
import type { HostKey } from '../host-key.ts';
import { type Login, Logins } from './login.ts';
import { type SessionMachine, serveSession } from './session.ts';

/** As a machine that is still starting says it; pam_nologin(8). */
const nologin =
  'System is booting up. Unprivileged users are not permitted to log in yet. Please come back later. For technical details, see pam_nologin(8).';

/**
 * A node's SSH server. It lets in who has the run's key, under any name, and forwards nothing.
 */
export class SshServer {
  readonly #hostKey: HostKey;
  readonly #allowed: ParsedKey;
  readonly #machine: SessionMachine;
  readonly #logins: Logins;
  /** Made when somebody comes: most nodes of a large fleet are idle. */
  #server: Server | undefined;
  #bootingServer: Server | undefined;
  #isBooting = false;

  constructor(options: {
    readonly hostKey: HostKey;
    /** The only key that is let in. */
    readonly allowed: ParsedKey;
    readonly machine: SessionMachine;
  }) {
    this.#hostKey = options.hostKey;
    this.#allowed = options.allowed;
    this.#machine = options.machine;
    this.#logins = new Logins(options.machine.shell);
  }

  /** While the machine boots, connections end before anybody is let in. */
  set isBooting(value: boolean) {
    this.#isBooting = value;
  }

  accept(socket: Socket): void {
    if (this.#isBooting) {
      this.#bootingServer ??= this.#makeServer(nologin, (client) => {
        client.on('authentication', () => client.end());
      });
      this.#bootingServer.injectSocket(socket);
    } else {
      this.#server ??= this.#makeServer(undefined, (client) => this.#serve(client, socket));
      this.#server.injectSocket(socket);
    }
  }

  #makeServer(banner: string | undefined, serve: (client: Connection) => void): Server {
    return new ssh2.Server(
      {
        hostKeys: [this.#hostKey.privateKey],
        ident: 'OpenSSH_9.6p1_Ubuntu-3ubuntu13_sandbox',
        ...(banner === undefined ? {} : { banner }),
      },
      (client) => {
        // A client that breaks off is gone; its socket closes by itself.
        client.on('error', () => undefined);
        serve(client);
      },
    );
  }

  #serve(client: Connection, socket: Socket): void {
    const { remotePort = 0, localPort = 0 } = socket;
    let user = '';
    let login: Promise<Login> | undefined;
    client.on('authentication', (context) => {
      if (!this.#isAllowed(context)) {
        context.reject(['publickey']);
        return;
      }
      user = context.username;
      context.accept();
    });
    client.on('session', (accept) => {
      serveSession(
        accept(),
        this.#machine,
        () => {
          login ??= this.#logins.login(user);
          return login;
        },
        {
          SSH_CLIENT: `127.0.0.1 ${remotePort} ${localPort}`,
          SSH_CONNECTION: `127.0.0.1 ${remotePort} 127.0.0.1 ${localPort}`,
        },
      );
    });
    client.on('request', (_accept, reject) => reject?.());
    client.on('tcpip', (_accept, reject) => reject());
    client.on('openssh.streamlocal', (_accept, reject) => reject());
  }

  #isAllowed(context: AuthContext): boolean {
    if (context.method !== 'publickey') return false;
    if (!context.key.data.equals(this.#allowed.getPublicSSH())) return false;
    // Without a signature the client only asks whether the key would do.
    if (context.signature === undefined || context.blob === undefined) return true;
    return this.#allowed.verify(context.blob, context.signature, context.hashAlgo) === true;
  }
}
