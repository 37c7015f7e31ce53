import { relative } from 'node:path';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Starts the files that took longest in the last run first, of whatever project; vitest's own goes project by project. Without a last run, the largest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { cache, config } = this.ctx;
    const weight = ({ project, moduleId }: TestSpecification) => {
      const key = `${project.name}:${relative(config.root, moduleId)}`;
      return {
        duration: cache.getFileTestResults(key)?.duration ?? Infinity,
        size: cache.getFileStats(key)?.size ?? 0,
      };
    };
    const weighed = files.map((file) => ({ file, ...weight(file) }));
    const order = weighed.toSorted((one, other) =>
      one.duration === other.duration ? other.size - one.size : other.duration - one.duration,
    );
    return order.map(({ file }) => file);
  }
}
