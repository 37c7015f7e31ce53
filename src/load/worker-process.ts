import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ChatopsError, ExitCode } from '../lib/errors.ts';
import type { FromWorker, ToWorker } from './messages.ts';

type Of<Type extends FromWorker['type']> = Extract<FromWorker, { type: Type }>;

const lastWords = 2000;

/** One load worker as its coordinator sees it. It dies with the coordinator: its IPC channel closes. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #index: number;
  readonly #handlers = new Map<FromWorker['type'], (message: never) => void>();
  #stderr = '';
  #done = false;

  constructor(program: string, index: number) {
    this.#index = index;
    this.#child = fork(program, [], {
      execArgv: [],
      // Infinity is part of the plan, and JSON has none.
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-lastWords);
    });
    this.#child.on('message', (message: FromWorker) => {
      this.#handlers.get(message.type)?.(message as never);
    });
  }

  /** Calls `handler` for each message of a type. */
  on<Type extends FromWorker['type']>(type: Type, handler: (message: Of<Type>) => void): void {
    this.#handlers.set(type, handler);
  }

  /** Resolves with the next message of a type. Throws a ChatopsError (exit 1) when the process ends before it. */
  next<Type extends FromWorker['type']>(type: Type): Promise<Of<Type>> {
    return new Promise((resolve, reject) => {
      this.on(type, resolve);
      this.#child.once('exit', (code, signal) => reject(this.#ended(signal ?? `exit code ${code}`)));
      this.#child.once('error', (error) => reject(this.#ended(error.message)));
    });
  }

  tell(message: ToWorker): void {
    // One that is gone cannot be told; `next` says so.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  /** Resolves when the process is gone. */
  async ended(): Promise<void> {
    this.#done = true;
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }

  kill(): void {
    if (!this.#done) this.#child.kill('SIGKILL');
  }

  #ended(how: string): ChatopsError {
    const lines = this.#stderr.trim().split('\n').slice(-5);
    return new ChatopsError(`load worker ${this.#index + 1} ended: ${how}`, {
      code: 'loadtest.worker',
      exit: ExitCode.bug,
      hint: 'if the machine is out of memory, use fewer --clients; otherwise report what is printed above',
      details: lines.filter((line) => line !== ''),
    });
  }
}
