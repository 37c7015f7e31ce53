import { getJson } from './get-json.ts';
import type { EcsPlace } from './place.ts';
import type { Credentials } from './sign.ts';

interface Answer {
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  Expiration: string;
}

const EARLY_MS = 300_000;

/** The credentials of the task role, asked for again five minutes before they expire. */
export class TaskRole {
  readonly #place: EcsPlace;
  #held: { credentials: Credentials; until: number } | undefined;

  constructor(place: EcsPlace) {
    this.#place = place;
  }

  /** Throws when the task has no role, or when nobody gives its credentials out. */
  async credentials(now: number): Promise<Credentials> {
    if (this.#held && this.#held.until > now) return this.#held.credentials;
    const { credentialsUri, authorization } = this.#place;
    if (!credentialsUri) throw new Error('the task has no role');
    const answer = await getJson<Answer>(credentialsUri, authorization ? { authorization } : {});
    const credentials = {
      accessKeyId: answer.AccessKeyId,
      secretAccessKey: answer.SecretAccessKey,
      sessionToken: answer.Token,
    };
    this.#held = { credentials, until: Date.parse(answer.Expiration) - EARLY_MS };
    return credentials;
  }

  /** Has the next call ask again, for credentials that were refused. */
  forget(): void {
    this.#held = undefined;
  }
}
