import type { Cloud } from '../../../src/aws/cloud.ts';
import { balancingPicture } from './picture-balancing.ts';
import { cachePicture } from './picture-caches.ts';
import { containerPicture } from './picture-containers.ts';
import { networkPicture } from './picture-network.ts';
import { restPicture } from './picture-rest.ts';

/**
 * Everything that an account has, read with plain SDK calls: nothing of the resource kinds is used. Ids that AWS
 * makes up are replaced by the logical ids of the resources, so that a test can write the whole down by hand.
 */
export async function pictureOf(cloud: Cloud) {
  const [network, caches, balancing, containers, rest] = await Promise.all([
    networkPicture(cloud),
    cachePicture(cloud),
    balancingPicture(cloud),
    containerPicture(cloud),
    restPicture(cloud),
  ]);
  const picture = { ...network.picture, ...caches, ...balancing, ...containers, ...rest };
  let text = JSON.stringify(picture);
  for (const [id, name] of network.ids) text = text.replaceAll(id, name);
  return JSON.parse(text) as typeof picture;
}
