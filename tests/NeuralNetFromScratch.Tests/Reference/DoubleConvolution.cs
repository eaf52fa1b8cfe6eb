namespace NeuralNetFromScratch.Tests.Reference;

/// <summary>A convolution in double precision, as its formula is written, and by copied patches in single precision.</summary>
internal sealed class DoubleConvolution
{
    private readonly int _height, _width, _channels, _outHeight, _outWidth, _top, _left;
    private readonly Conv2D _layer;

    public DoubleConvolution(Conv2D layer, Shape inputShape)
    {
        (_height, _width, _channels) = (inputShape[0], inputShape[1], inputShape.Rank == 3 ? inputShape[2] : 1);
        _layer = layer;
        Shape output = layer.OutputShape(inputShape);
        (_outHeight, _outWidth) = (output[0], output[1]);
        (_top, _left) = (layer.Padding.Top, layer.Padding.Left);
        if (layer.Padding.IsSame)
        {
            _top = Math.Max(0, (_outHeight - 1) * layer.Stride.Height + layer.Dilation.Height * (layer.KernelSize.Height - 1) + 1 - _height) / 2;
            _left = Math.Max(0, (_outWidth - 1) * layer.Stride.Width + layer.Dilation.Width * (layer.KernelSize.Width - 1) + 1 - _width) / 2;
        }
    }

    public int GroupChannels => _channels / _layer.Groups;

    public int GroupFilters => _layer.Channels / _layer.Groups;

    public int Places => _outHeight * _outWidth;

    public int Depth => _layer.KernelSize.Height * _layer.KernelSize.Width * GroupChannels;

    /// <summary>What each step of an output's sum reads: place, filter, index of x in the sample or −1, index of w, each in the order of the sum.</summary>
    public IEnumerable<(int Place, int Filter, int Input, int Weight)> Terms()
    {
        for (int place = 0; place < Places; place++)
        {
            for (int filter = 0; filter < _layer.Channels; filter++)
            {
                for (int k = 0; k < Depth; k++)
                    yield return (place, filter, InputIndex(place, filter / GroupFilters, k), k * _layer.Channels + filter);
            }
        }
    }

    /// <summary>The index in a sample of element k of a patch; −1 beyond the picture.</summary>
    public int InputIndex(int place, int group, int k)
    {
        int tap = k / GroupChannels, channel = group * GroupChannels + k % GroupChannels;
        int row = place / _outWidth * _layer.Stride.Height + tap / _layer.KernelSize.Width * _layer.Dilation.Height - _top;
        int column = place % _outWidth * _layer.Stride.Width + tap % _layer.KernelSize.Width * _layer.Dilation.Width - _left;
        return row < 0 || row >= _height || column < 0 || column >= _width ? -1 : (row * _width + column) * _channels + channel;
    }

    /// <summary>The patches of one group as a matrix [samples · places, depth]: im2col.</summary>
    public float[] Patches(ReadOnlySpan<float> input, int samples, int group)
    {
        var patches = new float[samples * Places * Depth];
        int sampleLength = _height * _width * _channels;
        for (int row = 0; row < samples * Places; row++)
        {
            for (int k = 0; k < Depth; k++)
            {
                int index = InputIndex(row % Places, group, k);
                patches[row * Depth + k] = index < 0 ? 0 : input[row / Places * sampleLength + index];
            }
        }

        return patches;
    }

    /// <summary>
    /// For each place of the input, the windows that reach it with all their filters as a matrix [samples · places, taps · filters] of one group, windows in
    /// rising order, and which weights belong to them, [taps · filters, channels], for a place; taps that lie on no window are zero.
    /// </summary>
    public (float[] Windows, float[] Weights) Windows(ReadOnlySpan<float> outputGradient, ReadOnlySpan<float> weights, int sample, int place, int group)
    {
        int taps = _layer.KernelSize.Height * _layer.KernelSize.Width, filters = GroupFilters;
        float[] windows = new float[taps * filters], turned = new float[taps * filters * GroupChannels];
        for (int t = 0; t < taps; t++)
        {
            int tap = taps - 1 - t, r = tap / _layer.KernelSize.Width, s = tap % _layer.KernelSize.Width;
            int top = place / _width + _top - r * _layer.Dilation.Height, left = place % _width + _left - s * _layer.Dilation.Width;
            bool isWindow = top >= 0 && left >= 0 && top % _layer.Stride.Height == 0 && left % _layer.Stride.Width == 0
                && top / _layer.Stride.Height < _outHeight && left / _layer.Stride.Width < _outWidth;
            int window = isWindow ? top / _layer.Stride.Height * _outWidth + left / _layer.Stride.Width : 0;
            for (int f = 0; f < filters; f++)
            {
                if (isWindow)
                    windows[t * filters + f] = outputGradient[(sample * Places + window) * _layer.Channels + group * filters + f];
                for (int c = 0; c < GroupChannels; c++)
                    turned[(t * filters + f) * GroupChannels + c] = weights[(tap * GroupChannels + c) * _layer.Channels + group * filters + f];
            }
        }

        return (windows, turned);
    }
}
