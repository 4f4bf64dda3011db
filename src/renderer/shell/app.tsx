import { CSPProvider } from '@base-ui/react/csp-provider';
import { Toast } from '@base-ui/react/toast';
import { Tooltip } from '@base-ui/react/tooltip';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Announcer } from '../ui/announcer.tsx';
import { ConfirmProvider } from '../ui/confirm.tsx';
import { Toasts } from '../ui/toasts.tsx';
import { WorkspaceProvider } from '../workspace.tsx';
import { CrashBoundary } from './crash-boundary.tsx';
import { Shell } from './shell.tsx';

export function App({ client }: Readonly<{ client: QueryClient }>) {
  return (
    <CrashBoundary>
      <CSPProvider disableStyleElements>
        <QueryClientProvider client={client}>
          <Tooltip.Provider>
            <Toast.Provider limit={4}>
              <Announcer>
                <WorkspaceProvider>
                  <ConfirmProvider>
                    <Shell />
                    <Toasts />
                  </ConfirmProvider>
                </WorkspaceProvider>
              </Announcer>
            </Toast.Provider>
          </Tooltip.Provider>
        </QueryClientProvider>
      </CSPProvider>
    </CrashBoundary>
  );
}
