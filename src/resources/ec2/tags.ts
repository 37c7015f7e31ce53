import { CreateTagsCommand, DeleteTagsCommand } from '@aws-sdk/client-ec2';
import type { Cloud } from '../../aws/cloud.ts';
import type { TagChange } from '../../engine/resource.ts';
import { tagList } from '../shared/tags.ts';

/** Changes the tags of anything of EC2's by its id (`aws ec2 create-tags`, `delete-tags`). */
export async function retag(cloud: Cloud, id: string, { set, remove }: TagChange): Promise<void> {
  const Resources = [id];
  if (Object.keys(set).length > 0) {
    await cloud.ec2.send(new CreateTagsCommand({ Resources, Tags: tagList(set) }));
  }
  if (remove.length > 0) {
    await cloud.ec2.send(new DeleteTagsCommand({ Resources, Tags: remove.map((Key) => ({ Key })) }));
  }
}
