import type { Cloud } from '../aws/cloud.ts';
import type { Names, StackIdentity } from '../config/names.ts';
import type { Config } from '../config/schema.ts';
import type { BuiltImage } from '../image/image.ts';

/** The image that the service runs: one that is in some registry already, or one that was just built. */
export type ImageSource = { reference: string } | { build: BuiltImage };

/** Everything that decides what the resources of a stack look like. */
export interface StackInput {
  config: Config;
  identity: StackIdentity;
  names: Names;
  /** Names of the availability zones, such as `eu-west-3a`; see `zonesOf`. */
  zones: string[];
  image: ImageSource;
  /** Id of the hosted zone of `loadBalancer.https.domain`; see `hostedZoneOf`. */
  hostedZone?: string | undefined;
  /** Whose account it is: trust policies and ARNs name it. */
  cloud: Pick<Cloud, 'account' | 'partition' | 'region'>;
}
