import { expect, it } from 'vitest';
import type { Cloud } from '../../../src/aws/cloud.ts';
import { classify, explain } from '../../../src/aws/errors.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { apply } from '../../../src/engine/apply.ts';
import { systemClock } from '../../../src/engine/clock.ts';
import { destroy } from '../../../src/engine/destroy.ts';
import { plan } from '../../../src/engine/plan.ts';
import { kinds } from '../../../src/resources/index.ts';
import { buildStack, zonesOf } from '../../../src/stack/build.ts';
import { pictureOf } from './picture.ts';
import { identity, names, scope, startCloud } from './rig.ts';
import { smallImage } from './small-image.ts';

const reading = /^(Describe|List|Get|BatchGet|Filter|Lookup)/;
class Crash extends Error {}

function crashing(cloud: Cloud, at: number, mode: string): { cloud: Cloud; count: () => number; where: () => string } {
  let writes = 0; let where = ''; let dead = false;
  const wrap = (client: any) => new Proxy(client, { get(t, p) {
    if (p !== 'send') { const v = t[p]; return typeof v === 'function' ? v.bind(t) : v; }
    return async (command: any) => {
      if (dead) throw new Crash('dead');
      const op = command.constructor.name.replace('Command', '');
      if (!reading.test(op)) {
        writes += 1;
        if (writes === at) {
          dead = true; where = op;
          if (mode === 'after') await t.send(command);
          throw new Crash('crash');
        }
      }
      return t.send(command);
    };
  } });
  const out: any = { ...cloud };
  for (const s of ['ec2','ecr','ecs','elasticache','elbv2','iam','logs','ssm','sts']) out[s] = wrap((cloud as any)[s]);
  return { cloud: out, count: () => writes, where: () => where };
}

const ctx = (cloud: Cloud) => ({ cloud, scope, clock: systemClock, signal: new AbortController().signal, emit: () => undefined, classify, explain, allowReplace: new Set<string>(), allowDelete: new Set<string>(), concurrency: 1 });

const from = Number(process.env.FROM ?? 1), to = Number(process.env.TO ?? 100);
it('crash everywhere', async () => {
  const image = { build: await smallImage('x') };
  const nodes = async (cloud: Cloud) => {
    const config = configSchema.parse(JSON.parse(process.env.CONFIG ?? '{}'));
    return buildStack({ config, identity, names, zones: await zonesOf(cloud, 2), cloud, image });
  };
  const norm = (p: any) => JSON.stringify(p).replace(/redis:\/\/[\d.]+/g,'R').replace(/"[^"]*@sha/g,'"@sha');
  let want = '';
  const bad: string[] = [];
  for (let at = 0; at <= to; at += at === 0 ? from : 1) {
    for (const mode of at === 0 ? ['none'] : ['before', 'after']) {
      const rig = await startCloud();
      try {
        const crash = crashing(rig.cloud, at, mode);
        const context = ctx(crash.cloud);
        await plan(context, await nodes(rig.cloud), kinds).then((p) => apply(context, p)).catch((e) => { if (!/crash|dead/.test(String(e))) throw e; });
        if (at > 0 && crash.count() < at) { console.log('done at', at); return expect(bad).toEqual([]); }
        if (at > 0) {
          const c2 = ctx(rig.cloud);
          const t0 = Date.now();
          const r = await apply(c2, await plan(c2, await nodes(rig.cloud), kinds));
          if (r.outcome !== 'done') bad.push(`${at} ${mode} ${crash.where()}: up again ${r.error?.message}`);
          if (Date.now() - t0 > 4000) console.log('slow', at, mode, crash.where(), Date.now() - t0);
        }
        const pic = norm(await pictureOf(rig.cloud));
        if (at === 0) { want = pic; console.log('writes', crash.count()); }
        else if (pic !== want) { bad.push(`${at} ${mode} ${crash.where()}: picture differs`); if (bad.length < 3) { require('node:fs').writeFileSync(`/tmp/pic-${at}-${mode}.json`, pic); require('node:fs').writeFileSync(`/tmp/pic-want.json`, want);} }
        // destroy with crash too
        if (at > 0) {
          const crash2 = crashing(rig.cloud, at, mode);
          await destroy(ctx(crash2.cloud), await nodes(rig.cloud), kinds).catch(() => {});
        }
        const d = await destroy(ctx(rig.cloud), await nodes(rig.cloud), kinds);
        if (d.outcome !== 'done') bad.push(`${at} ${mode} destroy: ${d.error?.message}`);
        const left: any = await pictureOf(rig.cloud);
        for (const [k, v] of Object.entries(left)) if (Object.keys(v as object).length > 0) bad.push(`${at} ${mode}: left ${k} ${JSON.stringify(v)}`);
        const { ListTaskDefinitionsCommand } = await import('@aws-sdk/client-ecs');
        const inactive = await rig.cloud.ecs.send(new ListTaskDefinitionsCommand({ status: 'INACTIVE' }));
        if (inactive.taskDefinitionArns!.length > 0) bad.push(`${at} ${mode}: inactive left`);
      } finally { await rig.close(); }
    }
  }
  expect(bad).toEqual([]);
}, 900_000);
