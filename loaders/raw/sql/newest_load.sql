select max(load_id)
from raw.loads
