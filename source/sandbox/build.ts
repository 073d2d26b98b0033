declare const __BUILD__: string | undefined;

/** Tells programs of different builds apart; `development` where nothing was built. */
export const buildId: string = typeof __BUILD__ === 'undefined' ? 'development' : __BUILD__;
