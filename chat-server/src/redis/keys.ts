/** All keys of a room carry the same hash tag, so that a script finds them on one node of a cluster. */
export const headKey = (room: string): string => `chat:{${room}}:head`;
export const streamKey = (room: string): string => `chat:{${room}}:stream`;
export const hereKey = (room: string): string => `chat:{${room}}:here`;
export const sentKey = (room: string, client: string, cid: string): string =>
  `chat:{${room}}:sent:${client}:${cid}`;

/** The live nodes with the time at which their lease ends. */
export const NODES_KEY = 'chat:nodes';

/** The pub/sub channel of a room, and back. */
export const channelOf = (room: string): string => `chat:{${room}}`;
export const roomOf = (channel: string): string => channel.slice('chat:{'.length, -1);
