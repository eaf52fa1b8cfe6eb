using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>
/// Computes the gradient of the input of a convolution whose images have few channels, in the order of <see cref="ConvolutionInputGradient"/>. A
/// product would leave most lanes empty. Instead, positions of a row are in the lanes, and each weight is multiplied by all of them. The gradient
/// of the output is copied to one plane for each filter with zeros around it. Workers process samples.
/// </summary>
internal readonly unsafe ref struct PlanarInputGradient(
    Engine engine, ConvolutionShape shape, int samples, ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, Span<float> inputGradient) : IJob
{
    private readonly Engine _engine = engine;
    private readonly ConvolutionShape _shape = shape;
    private readonly int _samples = samples;
    private readonly ReadOnlySpan<float> _outputGradient = outputGradient, _weights = weights;
    private readonly Span<float> _inputGradient = inputGradient;

    /// <summary>Whether this method is faster than the product.</summary>
    public static bool Suits(in ConvolutionShape shape) =>
        shape is { Groups: 1, Vertical.Stride: 1, Horizontal.Stride: 1 } && shape.Channels <= Tuning.MostPlanarChannels && shape.Horizontal.Input >= Tuning.LeastPlanarColumns;

    public void Run(int worker, int workers)
    {
        Section own = Section.Of(_samples, 1, worker, workers);
        fixed (float* dy = _outputGradient, w = _weights, dx = _inputGradient)
        {
            var kernel = new Kernel(_shape, own, dy, w, dx, _engine.Space(worker));
            SimdDispatch.Run(_engine.Width, ref kernel);
        }
    }

    private readonly ref struct Kernel(ConvolutionShape shape, Section samples, float* dy, float* w, float* dx, PackSpace space) : ISimdKernel
    {
        /// <summary>The number of rows of positions whose sums are in registers. Each row takes two registers.</summary>
        private const int Rows = 4;

        public void Run<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            int columns = 2 * TSimd.Width, above = shape.Vertical.Extent - 1, before = shape.Horizontal.Extent - 1;
            int planeRows = checked((shape.Vertical.Input + Rows - 1) / Rows * Rows + above);
            int rowLength = AlignedMemory.RoundUp(checked((shape.Horizontal.Input + columns - 1) / columns * columns + before));
            nint plane = checked(planeRows * rowLength);
            int length = checked((int)plane * shape.Filters);
            var arena = new PackArena(space.Reserve(checked(length + Rows * columns + 2 * AlignedMemory.Alignment)));
            float* planes = arena.Take<float>(length), sums = arena.Take<float>(Rows * columns);
            // The margins of the planes stay zero for all samples.
            new Span<float>(planes, length).Clear();
            for (int sample = samples.Start; sample < samples.End; sample++)
            {
                CopyPlanes<TSimd>(dy + (nint)sample * shape.OutputLength, planes, plane, rowLength);
                float* picture = dx + (nint)sample * shape.InputLength;
                for (int row = 0; row < shape.Vertical.Input; row += Rows)
                {
                    for (int column = 0; column < shape.Horizontal.Input; column += columns)
                    {
                        for (int channel = 0; channel < shape.Channels; channel++)
                        {
                            Sum<TSimd>(planes + (nint)(row + above) * rowLength + column + before, plane, rowLength, w + (nint)channel * shape.Filters, sums);
                            Scatter(sums, columns, row, column, picture + channel);
                        }
                    }
                }
            }
        }

        /// <summary>Copies the gradient of a sample to planes with the margins above and to the left that the windows need.</summary>
        private void CopyPlanes<TSimd>(float* gradient, float* planes, nint plane, int rowLength)
            where TSimd : struct, ISimd<TSimd>
        {
            int down = shape.Vertical.Extent - 1 - shape.Vertical.Before, right = shape.Horizontal.Extent - 1 - shape.Horizontal.Before;
            int firstRow = Math.Max(0, -down), endRow = Math.Min(shape.Vertical.Output, shape.Vertical.Input + shape.Vertical.Before);
            int first = Math.Max(0, -right), end = Math.Min(shape.Horizontal.Output, shape.Horizontal.Input + shape.Horizontal.Before);
            for (int row = firstRow; row < endRow; row++)
            {
                float* from = gradient + ((nint)row * shape.Horizontal.Output + first) * shape.Filters;
                Packing<TSimd>.CopyLanes(from, end - first, shape.Filters, shape.Filters, 1, plane, planes + (nint)(row + down) * rowLength + first + right);
            }
        }

        /// <summary>Computes the sums of a block of positions over windows in ascending order (taps in descending order) and over their filters.</summary>
        [MethodImpl(HotPath.CompileOnce)]
        private void Sum<TSimd>(float* place, nint plane, nint rowLength, float* weights, float* sums)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd s00 = TSimd.Zero, s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
            for (int tap = shape.Taps - 1; tap >= 0; tap--)
            {
                float* weight = weights + (nint)tap * shape.Channels * shape.Filters;
                float* x0 = place - tap / shape.Horizontal.Size * shape.Vertical.Dilation * rowLength - tap % shape.Horizontal.Size * shape.Horizontal.Dilation;
                float* x2 = x0 + 2 * rowLength;
                for (int filter = 0; filter < shape.Filters; filter++, x0 += plane, x2 += plane)
                {
                    TSimd factor = TSimd.Broadcast(weight[filter]);
                    TSimd.AddProduct(ref s00, TSimd.Load(x0), factor);
                    TSimd.AddProduct(ref s01, TSimd.Load(x0 + TSimd.Width), factor);
                    TSimd.AddProduct(ref s10, TSimd.Load(x0 + rowLength), factor);
                    TSimd.AddProduct(ref s11, TSimd.Load(x0 + rowLength + TSimd.Width), factor);
                    TSimd.AddProduct(ref s20, TSimd.Load(x2), factor);
                    TSimd.AddProduct(ref s21, TSimd.Load(x2 + TSimd.Width), factor);
                    TSimd.AddProduct(ref s30, TSimd.Load(x2 + rowLength), factor);
                    TSimd.AddProduct(ref s31, TSimd.Load(x2 + rowLength + TSimd.Width), factor);
                }
            }

            TSimd.Store(s00, sums);
            TSimd.Store(s01, sums + TSimd.Width);
            TSimd.Store(s10, sums + 2 * TSimd.Width);
            TSimd.Store(s11, sums + 3 * TSimd.Width);
            TSimd.Store(s20, sums + 4 * TSimd.Width);
            TSimd.Store(s21, sums + 5 * TSimd.Width);
            TSimd.Store(s30, sums + 6 * TSimd.Width);
            TSimd.Store(s31, sums + 7 * TSimd.Width);
        }

        /// <summary>Copies the sums of the positions that are within the image to the image.</summary>
        private void Scatter(float* sums, int columns, int row, int column, float* picture)
        {
            int rows = Math.Min(Rows, shape.Vertical.Input - row), count = Math.Min(columns, shape.Horizontal.Input - column);
            for (int i = 0; i < rows; i++, sums += columns)
            {
                float* to = picture + ((nint)(row + i) * shape.Horizontal.Input + column) * shape.Channels;
                for (int j = 0; j < count; j++, to += shape.Channels)
                    *to = sums[j];
            }
        }
    }
}
