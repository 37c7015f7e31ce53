/** What every call about the number of tasks of an ECS service begins with; `resourceId` is `service/<cluster>/<service>`. */
export function dimensionOf(resourceId: string) {
  return {
    ServiceNamespace: 'ecs',
    ScalableDimension: 'ecs:service:DesiredCount',
    ResourceId: resourceId,
  } as const;
}
