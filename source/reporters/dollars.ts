/** US dollars as text: `$0.0416`, `$12.50`. */
export const dollars = (amount: number): string => `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
