"""What would go wrong on AWS, found out before anybody deploys: the template's own values, and no network.

`command` starts it, `resolve` works the template out, `probe` runs in a function's place, `reach` and `calls` read what
its code asks of AWS, `permissions` and `addresses` say what is wrong.
"""
