using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Work on the rows of a batch, each by itself. An operation is a struct, or a ref struct that holds views of what it reads and writes; it takes
/// a row in registers with <see cref="PartialVector"/>.
/// </summary>
internal interface IRowOperation
{
    void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>;
}

/// <summary>Operations over rows, which are dealt out to the workers.</summary>
internal static class RowPass
{
    /// <summary>Runs an operation on each row.</summary>
    /// <param name="engine">Whose workers and registers are used.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="work">Number of elements in all rows.</param>
    /// <param name="grain">Fewest elements that are worth waking a worker for.</param>
    public static void ForRows<TOperation>(this Engine engine, TOperation operation, int rows, long work, int grain)
        where TOperation : struct, IRowOperation, allows ref struct =>
        engine.Run(new Job<TOperation>(engine.Width, operation, rows), engine.WorkersFor(work, grain));

    private readonly ref struct Job<TOperation>(SimdWidth width, TOperation operation, int rows) : IJob
        where TOperation : struct, IRowOperation, allows ref struct
    {
        private readonly TOperation _operation = operation;
        private readonly SimdWidth _width = width;
        private readonly int _rows = rows;

        public void Run(int worker, int workers)
        {
            var kernel = new Kernel<TOperation>(_operation, Section.Of(_rows, 1, worker, workers));
            SimdDispatch.Run(_width, ref kernel);
        }
    }

    private ref struct Kernel<TOperation>(TOperation operation, Section rows) : ISimdKernel
        where TOperation : struct, IRowOperation, allows ref struct
    {
#pragma warning disable IDE0044 // A read-only field would be copied at every call.
        private TOperation _operation = operation;
#pragma warning restore IDE0044
        private readonly Section _rows = rows;

        [MethodImpl(HotPath.CompileOnce)]
        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int row = _rows.Start; row < _rows.End; row++)
                _operation.Run<TSimd>(row);
        }
    }
}
