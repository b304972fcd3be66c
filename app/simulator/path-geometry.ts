/** Where the parts of the path picture stand, in its own units. */
export const LANE = 100;
export const TOP = 44;
export const NODE = { x: 218, width: 512 };
export const BOX = { x: 486, width: 224, height: 54 };
export const END = { x: 958, width: 198 };
export const WIDTH = 1156;
