import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import type { Bridge } from './api.ts';
import { CHANNELS } from './channels.ts';

const bridge: Bridge = {
  call: (method, input, cancel) => ipcRenderer.invoke(CHANNELS.call, method, input, cancel),
  cancel: (name) => ipcRenderer.send(CHANNELS.cancel, name),
  on: (event, listener) => {
    // The event's name and its payload are sent together, so the payload is the one of this name.
    const receive = (_event: IpcRendererEvent, name: string, payload: Parameters<typeof listener>[0]) => {
      if (name === event) listener(payload);
    };
    ipcRenderer.on(CHANNELS.event, receive);
    return () => {
      ipcRenderer.off(CHANNELS.event, receive);
    };
  },
};

contextBridge.exposeInMainWorld('inspector', bridge);
