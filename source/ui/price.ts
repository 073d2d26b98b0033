/** US dollars where there is little room: `$0.042`, `$0.42`, `$12.50`. */
export const shortPrice = (dollars: number): string => `$${dollars.toFixed(dollars < 0.1 ? 3 : 2)}`;

/** US dollars as EC2 names them: `$0.0416`, `$12.50`. */
export const exactPrice = (dollars: number): string => `$${dollars.toFixed(dollars < 1 ? 4 : 2)}`;
