/** The number of tasks of an ECS service, as Application Auto Scaling names it among all that scales. */
export const desiredCount = {
  ServiceNamespace: 'ecs',
  ScalableDimension: 'ecs:service:DesiredCount',
} as const;

/** What every call about that of one service begins with; `resourceId` is `service/<cluster>/<service>`. */
export function desiredCountOf(resourceId: string) {
  return { ...desiredCount, ResourceId: resourceId };
}
