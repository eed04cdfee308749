"""The methods of the Bot API, by subject. Importing this package fills `sandbox.call.METHODS`."""

from importlib import import_module
from pkgutil import iter_modules

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")
