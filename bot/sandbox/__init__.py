"""The sandbox page: the whole bot in a browser of this machine, where no platform is configured.

Left a chat as a trader sees it, right what the database holds of it. The chat is an adapter as any other
(`adapters.sandbox`): what is written there goes the way of every message.
"""
