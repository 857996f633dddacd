package dashboard

func (d *dashboard) actionRoutes() []route { return nil }
