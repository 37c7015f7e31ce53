import { randomBytes } from 'node:crypto';
import { store } from '../../cloud.ts';
import type { LocalCloud } from '../../cloud.ts';
import type { Principal } from '../../principal.ts';
import type { Credentials } from '../../signature.ts';
import { permits } from '../iam/permits.ts';

/** The keys of one session of a role. */
interface Session extends Required<Credentials> {
  roleArn: string;
  /** Of the session. */
  arn: string;
  expiresAt: Date;
}

/** By access key. */
const sessions = store('sts-sessions', () => new Map<string, Session>(), 'global');

/** Makes the keys of a session; `lifetime` in seconds. */
export function openSession(
  cloud: LocalCloud,
  { roleArn, sessionName, lifetime }: { roleArn: string; sessionName: string; lifetime: number },
): Session {
  const session = {
    accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(48).toString('base64'),
    roleArn,
    arn: `arn:aws:sts::${cloud.account}:assumed-role/${roleArn.split('/').at(-1)}/${sessionName}`,
    expiresAt: new Date(cloud.clock.now() + lifetime * 1000),
  };
  sessions({ cloud, region: '' }).set(session.accessKeyId, session);
  return session;
}

/** Who signs with an access key, when it is that of a session that has not ended. */
export function sessionPrincipal(cloud: LocalCloud, accessKeyId: string): Principal | undefined {
  const session = sessions({ cloud, region: '' }).get(accessKeyId);
  if (session === undefined || session.expiresAt.getTime() <= cloud.clock.now()) return undefined;
  const { arn, roleArn } = session;
  // Everybody may ask who he is, whatever his policies say.
  const may = (action: string) => action === 'sts:GetCallerIdentity' || permits(cloud, roleArn, action);
  return { arn, credentials: session, permits: may };
}

/** Who signs with the key of the local cloud itself. */
export function ownUser(account: string): string {
  return `arn:aws:iam::${account}:user/local`;
}
