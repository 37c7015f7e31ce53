import type { Price } from './prices.ts';

/** A resource as far as its price goes: its type, and its wanted properties or found attributes. */
export interface PricedResource {
  id: string;
  /** `AWS::ECS::Service` */
  type: string;
  settings: Readonly<Record<string, unknown>>;
}

/** What one resource pays for one thing in a month. */
export interface CostLine {
  id: string;
  /** `2 × 0.25 vCPU, arm64`. */
  what: string;
  /** US dollars, or undefined where the table has no price. */
  monthly: number | undefined;
  /** Prices that it was made of, in the unit of us-east-1. */
  prices: Price[];
}

/** A line of `quantity` units a month at a price, in a region that is `factor` times as dear. */
export function lineOf(id: string, what: string, quantity: number, price: Price, factor = 1): CostLine {
  return { id, what, monthly: quantity * price.usd * factor, prices: [price] };
}
