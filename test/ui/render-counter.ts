// To be imported where dashboards are rendered: React tells about its work to a hook that is there first.

/** The part of React's internal tree that counting needs. */
type Fiber = {
  readonly type: unknown;
  readonly elementType: unknown;
  readonly flags: number;
  readonly child: Fiber | null;
  readonly sibling: Fiber | null;
  readonly alternate: Fiber | null;
  readonly memoizedProps: unknown;
};

/** Flag of a fiber whose component was called. */
const performedWork = 1;

export type RenderedComponent = { readonly component: unknown; readonly props: unknown };

const rendered: RenderedComponent[] = [];

/** The components that were rendered since the last call. */
export const takeRendered = (): readonly RenderedComponent[] => rendered.splice(0);

const visit = (fiber: Fiber): void => {
  const didWork = (fiber.flags & performedWork) !== 0 && typeof fiber.type === 'function';
  if (didWork) rendered.push({ component: fiber.elementType, props: fiber.memoizedProps });
  // A subtree in which nothing happened keeps its fibers, with the flags of some earlier time.
  if (fiber.child === fiber.alternate?.child) return;
  for (let child = fiber.child; child !== null; child = child.sibling) visit(child);
};

Object.assign(globalThis, {
  __REACT_DEVTOOLS_GLOBAL_HOOK__: {
    isDisabled: false,
    supportsFiber: true,
    renderers: new Map(),
    checkDCE: () => undefined,
    inject: () => 1,
    onScheduleFiberRoot: () => undefined,
    onCommitFiberUnmount: () => undefined,
    onPostCommitFiberRoot: () => undefined,
    onCommitFiberRoot: (_renderer: number, root: { readonly current: Fiber }) => {
      visit(root.current);
    },
  },
});
process.env.DEV = 'true';
