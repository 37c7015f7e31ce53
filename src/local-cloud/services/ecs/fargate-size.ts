import { AwsError } from '../../operation.ts';

/** Fargate's sizes: the memory (MiB) that goes with each number of CPU units (AmazonECS developer guide, "Task CPU and memory"). */
const memoryByCpu: Record<number, number[]> = {
  256: [512, 1024, 2048],
  512: steps(1024, 4096, 1024),
  1024: steps(2048, 8192, 1024),
  2048: steps(4096, 16_384, 1024),
  4096: steps(8192, 30_720, 1024),
  8192: steps(16_384, 61_440, 4096),
  16_384: steps(32_768, 122_880, 8192),
};

/** CPU units and MiB as a task definition may write them (`256`, `.25 vCPU`; `512`, `1 GB`), as the numbers that ECS answers with. Throws ClientException for a pair that Fargate does not have. */
export function fargateSize(
  cpu: string | undefined,
  memory: string | undefined,
): { cpu: string; memory: string } {
  if (!cpu) throw refuse("Fargate requires that 'cpu' be defined at the task level.");
  if (!memory) throw refuse("Fargate requires that 'memory' be defined at the task level.");
  const units = scaled(cpu, 'vcpu', "Invalid 'cpu' setting for task.");
  const mebibytes = scaled(memory, 'gb', "Invalid 'memory' setting for task.");
  if (!memoryByCpu[units]?.includes(mebibytes))
    throw refuse('No Fargate configuration exists for given values.');
  return { cpu: String(units), memory: String(mebibytes) };
}

function scaled(text: string, unit: string, otherwise: string): number {
  const match = /^\s*(\d*\.?\d+)\s*([a-z]*)\s*$/i.exec(text);
  const suffix = match?.[2]?.toLowerCase();
  if (match === null || (suffix !== '' && suffix !== unit)) throw refuse(otherwise);
  return Number(match[1]) * (suffix === unit ? 1024 : 1);
}

function refuse(message: string): AwsError {
  return new AwsError('ClientException', message);
}

function steps(first: number, last: number, by: number): number[] {
  return Array.from({ length: (last - first) / by + 1 }, (_, index) => first + index * by);
}
