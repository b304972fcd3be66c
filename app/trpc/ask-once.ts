/** For what costs much to tell, or must not move under the cursor: asked when it is opened, by no timer and no live event, and anew when opened again. */
export const askOnce = { refetchInterval: false, staleTime: 'static', gcTime: 0 } as const;
