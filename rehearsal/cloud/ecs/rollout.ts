/** A service's task that is not stopping, as the scheduler sees it. */
export interface Standing {
  readonly id: string;
  readonly isPrimary: boolean;
  /** Running, and every load balancer says that it is healthy. */
  readonly isHealthy: boolean;
  /** A health check says that it is not, after the grace period. */
  readonly isUnhealthy: boolean;
}

export interface Wanted {
  readonly desired: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** The primary deployment has failed: nothing more is started of it. */
  readonly isFailed: boolean;
}

export interface Plan {
  readonly start: number;
  /** Ids. */
  readonly stop: readonly string[];
}

/**
 * What the scheduler does next: starts the primary deployment's tasks as far as the maximum lets it, and stops others as
 * far as the minimum of healthy ones lets it. What is unhealthy is replaced first and stopped then, where there is room.
 */
export function plan(wanted: Wanted, tasks: readonly Standing[]): Plan {
  const primaries = tasks.filter(({ isPrimary }) => isPrimary);
  const former = tasks.filter(({ isPrimary }) => !isPrimary);
  const sound = primaries.filter(({ isUnhealthy }) => !isUnhealthy);
  const unhealthy = primaries.filter(({ isUnhealthy }) => isUnhealthy);
  if (wanted.isFailed)
    return {
      start: 0,
      stop: ids([...unhealthy, ...surplus(sound, wanted.desired), ...surplus(former, wanted.desired)]),
    };

  const lower = Math.ceil((wanted.desired * wanted.minimumHealthyPercent) / 100);
  const upper = Math.floor((wanted.desired * wanted.maximumPercent) / 100);
  const missing = Math.max(0, wanted.desired - sound.length);
  const room = Math.max(0, upper - tasks.length);
  const start = Math.min(missing, room);

  const surplusNow = surplus(sound, wanted.desired);
  const isReplaced = sound.filter(({ isHealthy }) => isHealthy).length >= wanted.desired;
  const forRoom = isReplaced ? unhealthy : unhealthy.slice(0, missing - start);

  const healthy = tasks.filter(({ isHealthy }) => isHealthy).length;
  const healthyGoing = surplusNow.filter(({ isHealthy }) => isHealthy).length;
  const spare = Math.max(0, healthy - healthyGoing - lower);
  const ill = former.filter(({ isHealthy }) => !isHealthy);
  const replaced = former.filter(({ isHealthy }) => isHealthy).slice(0, spare);
  return { start, stop: ids([...surplusNow, ...forRoom, ...ill, ...replaced]) };
}

/** Those beyond the desired count: first what is not healthy yet, then the oldest. */
function surplus(tasks: readonly Standing[], desired: number): readonly Standing[] {
  const going = [
    ...tasks.filter(({ isHealthy }) => !isHealthy),
    ...tasks.filter(({ isHealthy }) => isHealthy),
  ];
  return going.slice(0, Math.max(0, tasks.length - desired));
}

function ids(tasks: readonly Standing[]): readonly string[] {
  return tasks.map(({ id }) => id);
}
