export const tide = 3;
