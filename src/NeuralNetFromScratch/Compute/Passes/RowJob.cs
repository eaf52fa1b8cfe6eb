namespace NeuralNetFromScratch.Compute;

/// <summary>A row kernel whose rows are dealt out to the workers.</summary>
internal readonly struct RowJob<TKernel>(Engine engine, TKernel kernel, int rows) : IJob
    where TKernel : struct, IRowKernel
{
    public void Run(int worker, int workers)
    {
        var bound = new Bound(kernel, Section.Of(rows, 1, worker, workers));
        SimdDispatch.Run(engine.Width, ref bound);
    }

    private readonly struct Bound(TKernel kernel, Section rows) : ISimdKernel
    {
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd> => kernel.Run<TSimd>(rows);
    }
}
