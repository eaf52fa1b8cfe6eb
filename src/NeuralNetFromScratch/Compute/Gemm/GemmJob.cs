namespace NeuralNetFromScratch.Compute;

/// <summary>A matrix product whose C is cut into a grid of blocks, one for each worker.</summary>
internal readonly unsafe struct GemmJob<TEpilogue>(Engine engine, Product product, TEpilogue epilogue, GemmGrid grid) : IJob
    where TEpilogue : struct, IEpilogue
{
    public void Run(int worker, int workers)
    {
        Product part = grid.Part(product, engine.Width, worker);
        var plan = new GemmPlan(part, engine.Width);
        var kernel = new GemmKernel<TEpilogue>(part, plan, engine.Space(worker).Reserve(plan.SpaceLength), epilogue);
        SimdDispatch.Run(engine.Width, ref kernel);
    }
}
