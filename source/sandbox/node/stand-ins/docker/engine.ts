import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A container that the stand-in pretends to run. */
export type Container = {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly command: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly string[];
  readonly restart: string;
  /** Milliseconds since the epoch, as all its times. */
  readonly createdAt: number;
  readonly healthcheck: boolean;
  state: 'created' | 'running' | 'exited';
  exitCode: number;
  startedAt: number;
  finishedAt: number;
  /** Whether somebody stopped it, so that it stays down over restarts of Docker. */
  stoppedByHand: boolean;
  readonly logs: ContainerLog[];
};

export type ContainerLog = { readonly time: number; readonly text: string };

export type Image = { readonly reference: string; readonly id: string; readonly createdAt: number };

/** Something that Docker refuses; the message is Docker's. */
export class DockerError extends Error {
  override readonly name = 'DockerError';
}

export type ContainerRequest = Pick<
  Container,
  'name' | 'image' | 'command' | 'labels' | 'ports' | 'restart' | 'healthcheck'
>;

const maximumLogs = 200;

/** Images and containers of a node. No container has a process: they are said to run. */
export class ContainerEngine {
  readonly #pullTime: () => number;
  readonly #images = new Map<string, Image>();
  readonly #containers = new Map<string, Container>();
  readonly #listeners = new Set<(container: Container) => void>();
  #running = false;

  /** @param options.pullTime Milliseconds that the next pull of an image takes. */
  constructor(options: { readonly pullTime: () => number }) {
    this.#pullTime = options.pullTime;
  }

  get isRunning(): boolean {
    return this.#running;
  }

  /** The daemon comes up, and what is to be restarted with it. */
  start(): void {
    this.#running = true;
    for (const container of this.#containers.values()) {
      const { restart, stoppedByHand, state } = container;
      if (state === 'running') continue;
      if (restart === 'always' || (restart === 'unless-stopped' && !stoppedByHand)) {
        this.startContainer(container);
      }
    }
  }

  /** The daemon goes down, and with it all containers. */
  stop(): void {
    for (const container of this.#containers.values()) this.#end(container, 0);
    this.#running = false;
  }

  images(): Image[] {
    return [...this.#images.values()];
  }

  containers(): Container[] {
    return [...this.#containers.values()];
  }

  image(reference: string): Image | undefined {
    const byId = this.images().find(
      ({ id }) => id === reference || id.startsWith(`sha256:${reference}`),
    );
    return this.#images.get(normalReference(reference)) ?? byId;
  }

  /** @throws DockerError when there is no such container. */
  container(nameOrId: string): Container {
    const name = nameOrId.replace(/^\//, '');
    const found =
      this.#containers.get(name) ??
      this.containers().find(({ id }) => /^[0-9a-f]+$/.test(name) && id.startsWith(name));
    if (found === undefined) throw new DockerError(`No such container: ${nameOrId}`);
    return found;
  }

  /**
   * Fetches an image, as it were: every name that is one is found.
   *
   * @throws DockerError for what is no name of an image, and for hosts below `.invalid`.
   */
  async pull(reference: string, signal: AbortSignal): Promise<Image> {
    const normal = normalReference(reference);
    const host = normal.split('/')[0] ?? '';
    if (/\.invalid(?::\d+)?$/.test(host)) {
      throw new DockerError(
        `failed to resolve reference "${normal}": dial tcp: lookup ${host}: no such host`,
      );
    }
    await sleep(this.#pullTime(), undefined, { signal });
    return this.addImage(normal);
  }

  addImage(reference: string): Image {
    const normal = normalReference(reference);
    const known = this.#images.get(normal);
    if (known !== undefined) return known;
    const id = `sha256:${createHash('sha256').update(normal).digest('hex')}`;
    const image = { reference: normal, id, createdAt: Date.now() };
    this.#images.set(normal, image);
    return image;
  }

  removeImage(reference: string): void {
    const image = this.image(reference);
    if (image === undefined) throw new DockerError(`No such image: ${reference}`);
    this.#images.delete(image.reference);
  }

  /** @throws DockerError when the name is taken. */
  create(request: ContainerRequest): Container {
    const taken = this.#containers.get(request.name);
    if (taken !== undefined) {
      throw new DockerError(
        `Conflict. The container name "/${request.name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`,
      );
    }
    const container: Container = {
      ...request,
      id: randomBytes(32).toString('hex'),
      createdAt: Date.now(),
      state: 'created',
      exitCode: 0,
      startedAt: 0,
      finishedAt: 0,
      stoppedByHand: false,
      logs: [],
    };
    this.#containers.set(request.name, container);
    return container;
  }

  startContainer(container: Container): void {
    if (container.state === 'running') return;
    container.state = 'running';
    container.startedAt = Date.now();
    container.stoppedByHand = false;
    this.#log(container, `${container.image}: a stand-in, no container runs in the sandbox`);
    this.#tell(container);
  }

  /** @param exitCode As if its main process had ended with it. */
  stopContainer(container: Container, exitCode: number): void {
    container.stoppedByHand = true;
    this.#end(container, exitCode);
  }

  /** @throws DockerError for one that runs, unless forced. */
  remove(container: Container, force: boolean): void {
    if (container.state === 'running') {
      if (!force) {
        throw new DockerError(
          `cannot remove container "/${container.name}": container is running: stop the container before removing or force remove`,
        );
      }
      this.stopContainer(container, 137);
    }
    this.#containers.delete(container.name);
  }

  /** Calls when a container starts, ends or logs; the answer ends that. */
  onChange(listener: (container: Container) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #end(container: Container, exitCode: number): void {
    if (container.state !== 'running') return;
    container.state = 'exited';
    container.exitCode = exitCode;
    container.finishedAt = Date.now();
    this.#tell(container);
  }

  #log(container: Container, text: string): void {
    container.logs.push({ time: Date.now(), text });
    if (container.logs.length > maximumLogs) container.logs.shift();
  }

  #tell(container: Container): void {
    for (const listener of this.#listeners) listener(container);
  }
}

/**
 * An image's name as Docker lists it, with its tag.
 *
 * @throws DockerError for what is none.
 */
export const normalReference = (reference: string): string => {
  const short = reference.replace(/^docker\.io\//, '').replace(/^library\//, '');
  const pattern =
    /^(?:[a-zA-Z0-9][\w.-]*(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
  if (!pattern.test(short)) throw new DockerError('invalid reference format');
  return /:[^/]+$|@/.test(short) ? short : `${short}:latest`;
};
