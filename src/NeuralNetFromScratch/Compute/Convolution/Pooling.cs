using System.Runtime.CompilerServices;

namespace NeuralNetFromScratch.Compute;

/// <summary>Windows on an image [height, width, channels], with one output for each channel.</summary>
/// <param name="Vertical">The vertical movement of the window.</param>
/// <param name="Horizontal">The horizontal movement of the window.</param>
/// <param name="Channels">The number of channels.</param>
internal readonly record struct PoolShape(WindowAxis Vertical, WindowAxis Horizontal, int Channels)
{
    public int InputLength => checked(Vertical.Input * Horizontal.Input * Channels);

    public int OutputLength => checked(Vertical.Output * Horizontal.Output * Channels);

    /// <summary>Whether no position is in two windows.</summary>
    public bool AreApart => Vertical.Stride >= Vertical.Size && Horizontal.Stride >= Horizontal.Size;

    /// <summary>Whether each position is in a window.</summary>
    public bool CoverAll => Covers(Vertical) && Covers(Horizontal);

    private static bool Covers(in WindowAxis axis) => axis.Stride <= axis.Size && axis.Start(axis.Output - 1) + axis.Size >= axis.Input;
}

/// <summary>An operation on the windows of an image, for some channels at a time.</summary>
internal unsafe interface IWindowOperation
{
    /// <summary>Whether windows write to the image, which is then set to zero first if they do not write all of it.</summary>
    static abstract bool WritesImage { get; }

    /// <param name="picture">The first position of the window within the image, which is read or written.</param>
    /// <param name="values">The corresponding position of a second image, if any.</param>
    /// <param name="row">The number of floats from one row of the image to the next.</param>
    /// <param name="column">The number of floats from one position of a row to the next.</param>
    /// <param name="rows">The number of rows of the window within the image.</param>
    /// <param name="columns">The number of columns of the window within the image.</param>
    /// <param name="output">The window's output.</param>
    /// <param name="outputGradient">The corresponding position of a second output.</param>
    /// <param name="available">The number of remaining channels; at most one register.</param>
    void Run<TSimd, TLanes>(float* picture, float* values, nint row, nint column, int rows, int columns, float* output, float* outputGradient, int available)
        where TSimd : struct, ISimd<TSimd>
        where TLanes : struct, ILanes;
}

/// <summary>Applies an operation to all windows of each sample. Workers process samples.</summary>
/// <param name="shape">The windows.</param>
/// <param name="operation">The operation.</param>
/// <param name="pictures">[samples, image], read or written.</param>
/// <param name="values">[samples, image], read; empty if the operation needs no second image.</param>
/// <param name="outputs">[samples, output], read or written.</param>
/// <param name="gradients">[samples, output], read; empty if the operation needs no second output.</param>
internal readonly unsafe ref struct WindowJob<TOperation>(
    PoolShape shape, TOperation operation, ReadOnlySpan<float> pictures, ReadOnlySpan<float> values, ReadOnlySpan<float> outputs, ReadOnlySpan<float> gradients)
    : IRowOperation
    where TOperation : struct, IWindowOperation
{
    private readonly ReadOnlySpan<float> _pictures = pictures, _values = values, _outputs = outputs, _gradients = gradients;
    private readonly PoolShape _shape = shape;
    private readonly TOperation _operation = operation;

    [MethodImpl(HotPath.CompileOnce)]
    public void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>
    {
        int input = _shape.InputLength, output = _shape.OutputLength;
        ReadOnlySpan<float> picture = _pictures.Slice(row * input, input), result = _outputs.Slice(row * output, output);
        ReadOnlySpan<float> values = _values.IsEmpty ? [] : _values.Slice(row * input, input), gradient = _gradients.IsEmpty ? [] : _gradients.Slice(row * output, output);
        fixed (float* x = picture, v = values, y = result, dy = gradient)
        {
            if (TOperation.WritesImage && !(_shape.AreApart && _shape.CoverAll))
                new Span<float>(x, input).Clear();
            int channel = 0;
            for (; channel <= _shape.Channels - TSimd.Width; channel += TSimd.Width)
                Run<TSimd, AllLanes>(x + channel, v + channel, y + channel, dy + channel, TSimd.Width);
            if (channel < _shape.Channels)
                Run<TSimd, SomeLanes>(x + channel, v + channel, y + channel, dy + channel, _shape.Channels - channel);
        }
    }

    [MethodImpl(HotPath.CompileOnce)]
    private void Run<TSimd, TLanes>(float* x, float* v, float* y, float* dy, int available)
        where TSimd : struct, ISimd<TSimd>
        where TLanes : struct, ILanes
    {
        nint column = _shape.Channels, row = _shape.Horizontal.Input * column, offset = 0;
        WindowAxis vertical = _shape.Vertical, horizontal = _shape.Horizontal;
        for (int i = 0; i < vertical.Output; i++)
        {
            Section rows = vertical.Inside(i);
            for (int j = 0; j < horizontal.Output; j++, offset += column)
            {
                Section columns = horizontal.Inside(j);
                nint place = (vertical.Start(i) + rows.Start) * row + (horizontal.Start(j) + columns.Start) * column;
                _operation.Run<TSimd, TLanes>(x + place, v + place, row, column, rows.Count, columns.Count, y + offset, dy + offset, available);
            }
        }
    }
}

/// <summary><c>y = max x</c> over the window. NaN is preserved.</summary>
internal readonly unsafe struct MaximumOfWindow : IWindowOperation
{
    public static bool WritesImage => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TSimd, TLanes>(
        float* picture, float* values, nint row, nint column, int rows, int columns, float* output, float* outputGradient, int available)
        where TSimd : struct, ISimd<TSimd>
        where TLanes : struct, ILanes
    {
        TSimd maximum = TLanes.Load<TSimd>(picture, available);
        for (int i = 0; i < rows; i++, picture += row)
        {
            for (int j = 0; j < columns; j++)
            {
                TSimd x = TLanes.Load<TSimd>(picture + j * column, available);
                maximum = TSimd.SelectLess(maximum, x, x, maximum);
                maximum = TSimd.SelectLessOrEqual(x, x, maximum, x);
            }
        }

        TLanes.Store(maximum, output, available);
    }
}

/// <summary>Adds dy to the first position of the window whose x is the maximum y: <c>picture = dx</c>, <c>values = x</c>.</summary>
/// <param name="adds">Whether windows overlap, so that contributions to a position are added.</param>
internal readonly unsafe struct MaximumGradient(bool adds) : IWindowOperation
{
    public static bool WritesImage => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TSimd, TLanes>(
        float* picture, float* values, nint row, nint column, int rows, int columns, float* output, float* outputGradient, int available)
        where TSimd : struct, ISimd<TSimd>
        where TLanes : struct, ILanes
    {
        TSimd y = TLanes.Load<TSimd>(output, available), left = TLanes.Load<TSimd>(outputGradient, available);
        for (int i = 0; i < rows; i++, picture += row, values += row)
        {
            for (int j = 0; j < columns; j++)
            {
                TSimd x = TLanes.Load<TSimd>(values + j * column, available), dx = TSimd.SelectLess(x, y, TSimd.Zero, left);
                left = TSimd.SelectLess(x, y, left, TSimd.Zero);
                TLanes.Store(adds ? TLanes.Load<TSimd>(picture + j * column, available) + dx : dx, picture + j * column, available);
            }
        }
    }
}

/// <summary><c>y = factor · Σ x</c> over the window; the rows of the window are summed first, then their sums.</summary>
/// <param name="factor">The factor; 0 for 1 divided by the number of positions within the image.</param>
internal readonly unsafe struct SumOfWindow(float factor) : IWindowOperation
{
    public static bool WritesImage => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TSimd, TLanes>(
        float* picture, float* values, nint row, nint column, int rows, int columns, float* output, float* outputGradient, int available)
        where TSimd : struct, ISimd<TSimd>
        where TLanes : struct, ILanes
    {
        TSimd total = TSimd.Zero;
        for (int i = 0; i < rows; i++, picture += row)
        {
            TSimd sum = TSimd.Zero;
            for (int j = 0; j < columns; j++)
                sum += TLanes.Load<TSimd>(picture + j * column, available);
            total += sum;
        }

        TLanes.Store(TSimd.Broadcast(factor == 0 ? 1f / (rows * columns) : factor) * total, output, available);
    }
}

/// <summary>Adds <c>factor · y</c> to all positions of the window: <c>picture = dx</c>, and y is the gradient of the output.</summary>
/// <param name="factor">The factor; 0 for 1 divided by the number of positions within the image.</param>
/// <param name="adds">Whether windows overlap, so that contributions to a position are added.</param>
internal readonly unsafe struct SpreadOverWindow(float factor, bool adds) : IWindowOperation
{
    public static bool WritesImage => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TSimd, TLanes>(
        float* picture, float* values, nint row, nint column, int rows, int columns, float* output, float* outputGradient, int available)
        where TSimd : struct, ISimd<TSimd>
        where TLanes : struct, ILanes
    {
        TSimd dx = TSimd.Broadcast(factor == 0 ? 1f / (rows * columns) : factor) * TLanes.Load<TSimd>(output, available);
        for (int i = 0; i < rows; i++, picture += row)
        {
            for (int j = 0; j < columns; j++)
                TLanes.Store(adds ? TLanes.Load<TSimd>(picture + j * column, available) + dx : dx, picture + j * column, available);
        }
    }
}

/// <summary>Pooling operations that run on the workers of an engine.</summary>
internal static class Pooling
{
    public static void MaximumOfWindows(this Engine engine, in PoolShape shape, ReadOnlyMatrixView x, MatrixView y) =>
        Run(engine, shape, default(MaximumOfWindow), x.Span, [], y.Span, []);

    public static void MaximumGradients(
        this Engine engine, in PoolShape shape, ReadOnlyMatrixView x, ReadOnlyMatrixView y, ReadOnlyMatrixView dy, MatrixView dx) =>
        Run(engine, shape, new MaximumGradient(!shape.AreApart), dx.Span, x.Span, y.Span, dy.Span);

    /// <param name="engine">The engine whose workers are used.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="factor">The factor on the sums; 0 for 1 divided by the number of positions within the image.</param>
    /// <param name="x">[samples, image].</param>
    /// <param name="y">Receives the sums.</param>
    public static void SumsOfWindows(this Engine engine, in PoolShape shape, float factor, ReadOnlyMatrixView x, MatrixView y) =>
        Run(engine, shape, new SumOfWindow(factor), x.Span, [], y.Span, []);

    /// <param name="engine">The engine whose workers are used.</param>
    /// <param name="shape">The windows.</param>
    /// <param name="factor">The factor on the values; 0 for 1 divided by the number of positions within the image.</param>
    /// <param name="y">[samples, output]: a value for each window.</param>
    /// <param name="x">Receives the value of the window at each of its positions. If windows overlap, it receives the sums.</param>
    public static void SpreadOverWindows(this Engine engine, in PoolShape shape, float factor, ReadOnlyMatrixView y, MatrixView x) =>
        Run(engine, shape, new SpreadOverWindow(factor, !shape.AreApart), x.Span, [], y.Span, []);

    private static void Run<TOperation>(
        Engine engine, in PoolShape shape, TOperation operation, ReadOnlySpan<float> pictures, ReadOnlySpan<float> values, ReadOnlySpan<float> outputs, ReadOnlySpan<float> gradients)
        where TOperation : struct, IWindowOperation =>
        engine.ForRows(
            new WindowJob<TOperation>(shape, operation, pictures, values, outputs, gradients), pictures.Length / shape.InputLength, pictures.Length, Tuning.ElementGrain);
}
